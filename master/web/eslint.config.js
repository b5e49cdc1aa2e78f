import hooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist', 'node_modules'] },
  ...tseslint.configs.strict,
  {
    files: ['**/*.{ts,tsx}'],
    plugins: { 'react-hooks': hooks },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', 250],
      // What comes from targets and users is text, never markup.
      'no-restricted-properties': [
        'error',
        { property: 'innerHTML' }, { property: 'outerHTML' }, { property: 'insertAdjacentHTML' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'JSXAttribute[name.name=/dangerously/]', message: 'Show it as text.' },
      ],
    },
  },
);

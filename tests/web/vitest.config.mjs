import { defineConfig } from 'vitest/config';

// With SWARM_BIN the tests that need the real program, without it those with the fake server. One
// browser and one file after the other: the machine is shared, and what is tested is what a person
// sees, not how fast.
const real = ['real.test.mjs'];
export default defineConfig({
  test: {
    ...(process.env.SWARM_BIN ? { include: real } : { include: ['*.test.mjs'], exclude: [...real, 'node_modules'] }),
    fileParallelism: false, testTimeout: 90_000, hookTimeout: 60_000,
  },
});

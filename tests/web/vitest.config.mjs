import { defineConfig } from 'vitest/config';

// One browser and one file after the other: the machine is shared, and what is tested is what a
// person sees, not how fast.
export default defineConfig({
  test: { include: ['*.test.mjs'], fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000 },
});

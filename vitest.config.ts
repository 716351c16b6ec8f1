import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// Run by Bun (`bun --bun vitest run`): plain Node cannot load bun:sqlite. Threads, because vitest's
// forks do not start on this runtime.
export default defineConfig({
  test: {
    pool: 'threads',
    testTimeout: 20_000,
    hookTimeout: 30_000,
    coverage: { provider: 'istanbul', include: ['appliance/**', 'cloud/**', 'services/**', 'web/**'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Of two processors vitest would leave one idle, for a person who watches.
          maxWorkers: Math.max(2, availableParallelism() - 1),
          include: ['{appliance,cloud,services,templates,web}/**/*.test.ts', 'test/{*,vendors/*,sync/*}.test.ts'],
        },
      },
      { extends: true, test: { name: 'ui', environment: 'happy-dom', include: ['web/**/*.test.tsx'] } },
      {
        extends: true,
        test: {
          name: 'image',
          include: ['test/image/*.test.ts'],
          fileParallelism: false,
          // After everything else: an emulated machine takes what the processor has.
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          // Real clients in network namespaces: one file after another, they share two cores.
          name: 'lan',
          include: ['test/{lan,browser,system,cloud}/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          // After the others: a busy machine makes real clients time out.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})

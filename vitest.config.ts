import { defineConfig } from 'vitest/config'

// Two projects: rooms are tested in process and in milliseconds; the program is built once and really run and killed.
export default defineConfig({
  test: {
    maxWorkers: '100%', // the default leaves a core idle, and with two cores runs one file at a time
    disableConsoleIntercept: true, // commands write to the real stdout, which the tests capture
    testTimeout: process.env['KTRDR_LAB'] === 'full' ? 7_200_000 : 300_000,
    hookTimeout: 300_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ['test/{unit,contract,golden}/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'program',
          include: ['test/{attacks,cli,crash}/**/*.test.ts'],
          globalSetup: ['test/support/build-program.ts'],
        },
      },
    ],
  },
})

import { defineConfig } from '@hey-api/openapi-ts';

// The contract comes from the server that is tested against, so the two can't drift apart.
export default defineConfig({
  input: `${process.env.MOCK_SERVER_URL ?? 'http://127.0.0.1:4010'}/openapi.yaml`,
  output: { path: 'src/client', importFileExtension: '.js' },
  plugins: [
    '@hey-api/client-fetch',
    '@hey-api/typescript',
    'zod',
    { name: '@hey-api/sdk', validator: true },
  ],
});

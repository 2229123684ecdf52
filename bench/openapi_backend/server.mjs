// The contract behind openapi-backend on Fastify: request and reply validated, formats asserted.
// Run in the folder that holds node_modules: node server.mjs PORT CONTRACT RECORDS
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// An import would look beside this file, and the packages are installed in the working folder.
const require = createRequire(`${process.cwd()}/`);
const addFormats = require("ajv-formats");
const fastify = require("fastify");
const { OpenAPIBackend } = require("openapi-backend");

const [port, contract, recordsFile] = process.argv.slice(2);
const records = new Map(
  Object.entries(JSON.parse(readFileSync(recordsFile, "utf8"))).map(([source, invocations]) => [
    source,
    new Map(Object.entries(invocations)),
  ]),
);

function latestInvocationsByKeys(context, request, reply) {
  const invocations = records.get(context.request.params.source_id);
  if (invocations === undefined) return fail(reply, 404, "not_found", "No such source.");
  const found = {};
  for (const key of context.request.requestBody.object_keys) {
    const invocation = invocations.get(key);
    if (invocation !== undefined) found[key] = invocation;
  }
  const { errors } = context.api.validateResponse(found, context.operation, 200);
  return errors ? fail(reply, 500, "invalid_reply", JSON.stringify(errors)) : reply.send(found);
}

function fail(reply, status, error, message) {
  return reply.code(status).send({ error, message });
}

const api = await new OpenAPIBackend({
  definition: contract,
  strict: true,
  // Its check of the document knows 3.0 only and refuses 3.1's `propertyNames`. Validators are then
  // compiled at their first use, which is before anything is measured.
  quick: true,
  customizeAjv: (ajv) => addFormats(ajv),
  handlers: {
    latest_invocations_by_keys: latestInvocationsByKeys,
    validationFail: (context, request, reply) =>
      fail(reply, 400, "bad_request", JSON.stringify(context.validation.errors)),
    notFound: (context, request, reply) => fail(reply, 404, "not_found", "No such path."),
  },
}).init();

const app = fastify({ bodyLimit: 16 * 1024 * 1024 });
app.all("/*", (request, reply) =>
  api.handleRequest(
    {
      method: request.method,
      path: request.raw.url,
      body: request.body,
      query: request.query,
      headers: request.headers,
    },
    request,
    reply,
  ),
);
await app.listen({ host: "127.0.0.1", port: Number(port) });

// Goes through the lists of a mock with openai, and prints what it found.
import OpenAI from "openai";

const client = new OpenAI({ baseURL: `${process.argv[2]}/v1`, apiKey: "sk-1", maxRetries: 0 });
const files = [];
for await (const file of client.files.list({ limit: 5 })) files.push(file.id);
const first = await client.files.list({ limit: 5 });
const file = await client.files.retrieve(files[7]);
const messages = [{ role: "user", content: "Hello" }];
const chat = await client.chat.completions.create({ model: "gpt-5", messages });
const stream = await client.chat.completions.create({ model: "gpt-5", messages, stream: true });
const pieces = [];
for await (const piece of stream) pieces.push(piece.object);
console.log(JSON.stringify({
  files,
  first: first.data.length,
  file: file.id,
  pieces,
  chat: [chat.object, chat.model],
}));

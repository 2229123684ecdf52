// Goes through the lists of a mock with octokit, and prints what it found.
import { Octokit } from "octokit";

const octokit = new Octokit({ baseUrl: process.argv[2], auth: "token", retry: { enabled: false } });
const where = { owner: "octo", repo: "cat" };
const issues = await octokit.paginate(octokit.rest.issues.listForRepo, { ...where, per_page: 4 });
const found = await octokit.paginate("GET /search/repositories", { q: "cat", per_page: 4 });
const pages = [];
for await (const page of octokit.paginate.iterator(octokit.rest.issues.listForRepo, where)) {
  pages.push(page.data.length);
}
const created = await octokit.rest.issues.create({ ...where, title: "A title" });
const read = await octokit.rest.issues.get({ ...where, issue_number: 7 });
console.log(JSON.stringify({
  issues: issues.map((issue) => issue.id),
  found: found.map((repository) => repository.id),
  pages,
  created: [created.status, created.data.title],
  read: read.status,
}));

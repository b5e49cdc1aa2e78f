// The bench's flows for k6: the seed's two requests as 1 : 2, or an answer in JSON that is looked at.
import http from "k6/http";
import { check } from "k6";

const headers = { Accept: "application/json" };

function seed() {
  if (Math.random() < 1 / 3) {
    http.get(`${__ENV.BENCH_URL}/random`, { headers, tags: { name: "A Random HTTP Status" } });
  } else {
    http.get(`${__ENV.BENCH_URL}/success`, { headers, tags: { name: "A 200 Status" } });
  }
}

function items() {
  const response = http.get(`${__ENV.BENCH_URL}/items`, { headers, tags: { name: "Items" } });
  check(response, { "these are the items": (r) => r.json().items[0].id === 0 });
}

export default __ENV.BENCH_FLOW === "seed" ? seed : items;

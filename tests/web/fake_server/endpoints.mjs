// Endpoints of an invented shop: name, median in ms, spread, weight, share of failures.

export const shop = [
  ['GET', '/', 24, 0.35, 10, 0],
  ['GET', '/api/products', 38, 0.5, 9, 0],
  ['GET', '/api/products/[id]', 17, 0.4, 14, 0.002],
  ['GET', '/api/products/[id]/reviews', 64, 0.7, 4, 0],
  ['GET', '/api/search?q=[words]', 182, 0.9, 6, 0.011],
  ['POST', '/api/cart', 29, 0.4, 5, 0],
  ['GET', '/api/cart', 12, 0.3, 6, 0],
  ['DELETE', '/api/cart/[item]', 21, 0.4, 1, 0],
  ['POST', '/api/checkout', 412, 0.6, 2, 0.064],
  ['GET', '/api/orders', 75, 0.5, 2, 0],
  ['GET', '/api/orders/[id]', 33, 0.4, 2, 0],
  ['POST', '/login', 148, 0.3, 2, 0.008],
  ['GET', '/static/app.css', 2.1, 0.5, 8, 0],
  ['GET', '/static/app.js', 3.4, 0.5, 8, 0],
  ['WS', '/live/stock', 0.42, 0.6, 5, 0],
];

export const hostileNames = [
  '<script>window.__hacked = 1</script>',
  '"><img src=x onerror="window.__hacked = 2">',
  `it's "quoted" \`and\` $(more) \\ & < >`,
  'שלום /מוצרים/‏עגלה',
  '/بحث/منتجات\u202e/fdp.exe',
  '🐝🐝 /bees?🍯=1 👩‍👩‍👧‍👦',
  'tab\tand\nnewline\u0000and zero',
  'x'.repeat(4096),
  '/' + 'very/deep/'.repeat(60),
  '%3Cscript%3E{{7*7}}${7*7}',
  '',
  'javascript:alert(1)',
];

/** So many endpoints of a large service. */
export function many(count) {
  const areas = ['users', 'orders', 'catalogue', 'billing', 'search', 'media', 'admin', 'reports'];
  const methods = ['GET', 'POST', 'PUT', 'DELETE'];
  return Array.from({ length: count }, (_, i) => [
    methods[i % 7 < 4 ? 0 : i % 4], `/api/v${(i % 3) + 1}/${areas[i % 8]}/${1000 + i}`,
    5 + ((i * 7919) % 400), 0.3 + (i % 5) / 10, 1 + (i % 4), i % 37 === 0 ? 0.02 : 0,
  ]);
}

export const hostile = hostileNames.map((name, i) => ['GET', name, 20 + i * 9, 0.5, 3, i % 3 === 0 ? 0.05 : 0]);

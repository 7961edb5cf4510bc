// The page of the virtual printer: shows what the server's events say and sends back what a person switches.

/**
 * What the server tells of the printer; `stateOf` in printer-page.ts makes it.
 * @typedef {object} Receipt
 * @property {number} id
 * @property {string} printedAt
 * @property {string} text
 * @property {number} unknown
 *
 * @typedef {{ paper: string, cover: string, behaviour: string, bytesPerSecond: number | null }} Condition
 * @typedef {{ open: boolean, pulses: number }} Drawer
 * @typedef {{ printerPort: number, condition: Condition, drawer: Drawer, receipts: Receipt[] }} State
 */

/** @param {string} id @returns {HTMLElement} */
const byId = (id) => document.querySelector(`#${id}`);
/** @type {HTMLInputElement[]} */
const switches = [...document.querySelectorAll('#switches input')];
/** @type {HTMLButtonElement} */
const closeButton = document.querySelector('#close-drawer');
/** @type {Map<number, HTMLElement>} */
const shown = new Map();

/** @type {[applies: (condition: Condition) => boolean, text: string][]} */
const TROUBLES = [
  [(condition) => condition.cover === 'open', 'Cover open'],
  [(condition) => condition.paper === 'out', 'Paper out'],
  [(condition) => condition.behaviour === 'silent', 'Says nothing'],
  [(condition) => condition.behaviour === 'close_mid_job', 'Hangs up in the middle'],
  [(condition) => condition.behaviour === 'no_status', 'Never answers'],
  [(condition) => condition.bytesPerSecond !== null, 'Slow'],
];

/** @param {string} path @param {object} [body] */
function post(path, body) {
  return fetch(path, { method: 'POST', body: JSON.stringify(body ?? {}) });
}

for (const input of switches) {
  input.addEventListener('change', () => {
    const word = input.checked ? input.dataset.on : input.dataset.off;
    const value = input.dataset.field === 'bytesPerSecond' ? slowness(word) : word;
    void post('/condition', { [input.dataset.field]: value });
  });
}
closeButton.addEventListener('click', () => void post('/drawer/close'));

/** @param {string} word */
function slowness(word) {
  return word === 'null' ? null : Number(word);
}

const events = new EventSource('/events');
events.addEventListener('message', (event) => {
  show(/** @type {State} */ (JSON.parse(String(event.data))));
});
events.addEventListener('error', () => setStatus('Not running', false));

/** @param {State} state */
function show(state) {
  byId('address').textContent = `Listening on port ${state.printerPort}`;
  const trouble = TROUBLES.find(([applies]) => applies(state.condition));
  setStatus(trouble?.[1] ?? 'Ready', trouble === undefined);
  byId('device').classList.toggle('cover-open', state.condition.cover === 'open');
  for (const input of switches) {
    input.checked = isOn(input, state.condition);
  }
  showDrawer(state.drawer);
  showReceipts(state.receipts);
}

/** @param {HTMLInputElement} input @param {Condition} condition */
function isOn({ dataset }, condition) {
  // Any speed is slow; a test may have set another than the page offers.
  if (dataset.field === 'bytesPerSecond') return condition.bytesPerSecond !== null;
  return condition[dataset.field] === dataset.on;
}

/** @param {string} text @param {boolean} healthy */
function setStatus(text, healthy) {
  byId('status').textContent = text;
  byId('lamp').className = `lamp ${healthy ? 'ok' : 'trouble'}`;
}

/** @param {Drawer} drawer */
function showDrawer({ open, pulses }) {
  byId('drawer').classList.toggle('open', open);
  closeButton.disabled = !open;
  const times = pulses === 1 ? 'once' : `${pulses} times`;
  byId('drawer-text').textContent = open ? 'Drawer open' : 'Drawer closed';
  byId('drawer-count').textContent = pulses === 0 ? 'Not opened yet' : `Opened ${times}`;
}

/**
 * Keeps the pictures that are there, so that only a new receipt moves.
 * @param {Receipt[]} receipts
 */
function showReceipts(receipts) {
  const first = shown.size === 0;
  byId('empty').hidden = receipts.length > 0;
  const current = new Set(receipts.map(({ id }) => id));
  for (const [id, element] of shown) {
    if (current.has(id)) continue;
    element.remove();
    shown.delete(id);
  }
  for (const receipt of [...receipts].reverse()) {
    if (shown.has(receipt.id)) continue;
    const element = receiptElement(receipt);
    if (!first || receipts.length === 1) element.classList.add('fresh');
    byId('receipts').prepend(element);
    shown.set(receipt.id, element);
  }
}

/** @param {Receipt} receipt */
function receiptElement({ id, printedAt, text, unknown }) {
  const picture = document.createElement('img');
  picture.src = `/receipts/${id}.svg`;
  picture.alt = text;
  const caption = document.createElement('p');
  const time = document.createElement('span');
  time.textContent = new Date(printedAt).toLocaleTimeString();
  caption.append(`Receipt ${id}`, time);
  const element = document.createElement('li');
  element.append(picture, caption);
  if (unknown > 0) {
    const warning = document.createElement('p');
    warning.className = 'warning';
    warning.textContent = `${unknown} unknown ${unknown === 1 ? 'command' : 'commands'}`;
    element.append(warning);
  }
  return element;
}

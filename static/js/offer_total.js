// The running total beside the pieces while a buyer types; what counts is what the server adds up on saving.
const euro = (cents) => {
  const amount = (cents / 100).toLocaleString("en-IE", { minimumFractionDigits: cents % 100 ? 2 : 0, maximumFractionDigits: 2 });
  return `€${amount}`.replace("€-", "-€");
};

// As strictly as the server: "1234", "1234.5", "1234,5", "1,234.50"; anything else counts as nothing.
const cents = (text) => {
  const match = /^(?:€\s?)?(\d{1,8}|\d{1,3}(?:,\d{3}){1,2}(?=\.))(?:[.,](\d{1,2}))?$/.exec(text.trim());
  return match ? Number(match[1].replaceAll(",", "")) * 100 + Number((match[2] ?? "0").padEnd(2, "0")) : 0;
};

const form = document.querySelector("[data-offer]");
const put = (name, text) => { const place = form.querySelector(`[${name}]`); if (place) place.textContent = text; };

const add = () => {
  let total = 0, brings = 0, costs = 0, known = 0, wanted = 0;
  for (const piece of form.querySelectorAll("[data-piece]")) {
    const amount = piece.querySelector("[data-amount]");
    const isWanted = piece.querySelector('input[type="radio"][value="wanted"]')?.checked;
    if (!amount || !isWanted) continue;
    const price = cents(amount.value);
    if (!price) continue;
    total += price;
    wanted += 1;
    if (piece.dataset.brings) {
      brings += cents(piece.dataset.brings);
      costs += price;
      known += 1;
    }
  }
  put("data-total", euro(total));
  put("data-brings-total", euro(brings));
  put("data-leaves", euro(brings - costs));
  put("data-known", known);
  put("data-wanted", wanted);
};

if (form?.querySelector("[data-amount]")) {
  form.addEventListener("input", (event) => {
    // Whoever types a price wants the piece.
    const piece = event.target.closest("[data-piece]");
    if (piece && event.target.matches("[data-amount]") && event.target.value) piece.querySelector('input[value="wanted"]').checked = true;
    add();
  });
  add();
}

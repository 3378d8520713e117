// The margin while a price is typed. The page shows it without this as well, after each answer of the server.
const shown = document.querySelector("[data-margin]");
const price = document.querySelector("[name=price]");
const euros = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" });

if (shown && price) {
  price.addEventListener("input", () => {
    const text = price.value.trim().replace(/^€\s?/, "");
    const isAmount = /^(\d{1,8}|\d{1,3}(,\d{3}){1,2}(?=\.))(\.\d{1,2})?$/.test(text);
    const cents = Math.round(Number(text.replaceAll(",", "")) * 100) - Math.round(Number(shown.dataset.cost) * 100);
    shown.textContent = isAmount ? euros.format(cents / 100) : "";
  });
}

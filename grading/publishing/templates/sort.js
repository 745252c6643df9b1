/* Heads of columns become buttons that sort; without this script the table stands in the order of the names. */
const table = document.querySelector("#students table"), body = table.tBodies[0];
[...table.tHead.rows[0].cells].forEach((head, column) => {
  const text = row => row.cells[column].textContent.trim();
  const number = row => text(row) === "" || isNaN(text(row)) ? -1 : Number(text(row));
  const button = document.createElement("button");
  button.append(...head.childNodes);
  head.append(button);
  button.addEventListener("click", () => {
    const down = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down < 0 ? "descending" : "ascending");
    const compare = (a, b) => number(a) - number(b) || text(a).localeCompare(text(b));
    body.append(...[...body.rows].sort((a, b) => down * compare(a, b)));
  });
});

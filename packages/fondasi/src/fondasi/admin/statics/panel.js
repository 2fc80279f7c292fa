// Whatever the page's scripts send carries the token of the session, as forms do.
$.ajaxSetup({ headers: { "X-CSRF-Token": $('meta[name="csrf-token"]').attr("content") } });

// What SQLAdmin's script says there in English, in the language of the page.
$(document).on("shown.bs.modal", "#modal-delete", (event) => {
  const { name, pk } = event.relatedTarget.dataset;
  const text = $("#modal-delete-text");
  text.text(`${[name, pk].filter(Boolean).join(" ")}: ${text.data("said")}`);
});

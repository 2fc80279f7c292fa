// Whatever the page's scripts send carries the token of the session, as forms do.
$.ajaxSetup({ headers: { "X-CSRF-Token": $('meta[name="csrf-token"]').attr("content") } });

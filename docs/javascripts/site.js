// Names for what the theme leaves without one, for people who hear the page.
document.querySelector(".md-search")?.setAttribute("aria-label", "Search");

"""画面: server-rendered pages in four languages. They work without JavaScript; htmx adds comfort."""

"""メールサーバー（模擬）: takes every mail over real SMTP, delivers none, and shows them on a page."""

"""カードエージェント: signs and logs in for a city's pages without those pages ever seeing the PIN.

It runs on the resident's own machine and listens on the loopback address only. A city's page sends the whole browser
window to ``/sign?request=<address of the request>``; the agent fetches the request, which the city's server has
signed, shows it, takes the PIN, has the card sign, delivers the signature and sends the browser back
(docs/card-agent.md).
"""

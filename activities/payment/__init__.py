"""収納: the payment gateway as a neighbour. Card numbers never come here: the resident types them on its page."""

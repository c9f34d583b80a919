"""What is new, edited or gone, what is due, and what is wrong. Decisions here are pure; the visit applies them."""

"""The channel ``order_appeal``: «Мои заказы», the order, «Обжаловать отзыв», the form with reason and files."""

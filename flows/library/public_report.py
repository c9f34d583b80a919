"""The channel ``public_report``: the menu under a review on the product's page. No list, no status afterwards."""

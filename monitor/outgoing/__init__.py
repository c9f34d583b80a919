"""Whatever leaves the machine for people: messages, reports and bundles."""

"""Several machines on one PostgreSQL: who is at home where, the queue between them, and moving an account."""

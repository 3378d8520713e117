"""Whether a database is what the models, the rules and the books say: asked of the database itself, each time anew.

Whatever must be written to find out is written in transactions that are rolled back, with made-up rows: no row of the
shop is touched or locked, and nothing stays.
"""

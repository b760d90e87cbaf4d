-- +goose Up
CREATE UNIQUE INDEX ledger_transactions_by_reference ON ledger_transactions (reference);

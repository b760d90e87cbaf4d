-- +goose Up
CREATE INDEX ledger_entries_by_transaction ON ledger_entries (transaction_id);

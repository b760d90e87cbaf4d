-- +goose Up
CREATE UNIQUE INDEX ledger_entries_by_account ON ledger_entries (account_id, position);

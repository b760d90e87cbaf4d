-- +goose Up
CREATE UNIQUE INDEX points_accounts_by_owner ON points_accounts (owner_id, kind);

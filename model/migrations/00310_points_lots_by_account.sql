-- +goose Up
CREATE INDEX points_lots_by_account ON points_lots (account_id, expires_on, id);

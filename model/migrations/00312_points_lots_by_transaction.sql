-- +goose Up
CREATE INDEX points_lots_by_transaction ON points_lots (transaction_id);

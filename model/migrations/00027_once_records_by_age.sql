-- +goose Up
CREATE INDEX once_records_by_age ON once_records (created_at);

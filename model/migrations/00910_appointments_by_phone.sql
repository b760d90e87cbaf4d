-- +goose Up
CREATE INDEX appointments_by_phone ON appointments (phone_hash);

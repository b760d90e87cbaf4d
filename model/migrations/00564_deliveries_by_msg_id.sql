-- +goose Up
CREATE INDEX deliveries_by_msg_id ON deliveries (msg_id);

-- +goose Up
CREATE INDEX sign_ups_waiting ON sign_ups (activity_id, state, waiting_number);

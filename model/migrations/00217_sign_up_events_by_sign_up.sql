-- +goose Up
CREATE INDEX sign_up_events_by_sign_up ON sign_up_events (sign_up_id, id);

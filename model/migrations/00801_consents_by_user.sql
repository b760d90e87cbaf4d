-- +goose Up
CREATE INDEX consents_by_user ON consents (user_id, purpose, id);

-- +goose Up
CREATE INDEX residences_by_user ON residences (user_id);

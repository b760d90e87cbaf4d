-- +goose Up
CREATE INDEX residences_by_estate ON residences (estate_id, status, user_id);

-- +goose Up
CREATE INDEX tenures_by_user ON tenures (user_id, id);

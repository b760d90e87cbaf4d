-- +goose Up
CREATE INDEX duty_members_by_user ON duty_members (user_id);

-- +goose Up
CREATE INDEX sign_ups_offered ON sign_ups (state, offered_until);

-- +goose Up
CREATE UNIQUE INDEX referrals_live ON referrals (request_id, live);

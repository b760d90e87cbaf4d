-- +goose Up
CREATE INDEX referrals_by_request ON referrals (request_id, seq);

-- +goose Up
CREATE INDEX referrals_by_department ON referrals (department_id, status, id);

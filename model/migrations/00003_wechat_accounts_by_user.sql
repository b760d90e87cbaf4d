-- +goose Up
CREATE UNIQUE INDEX wechat_accounts_by_user ON wechat_accounts (user_id);

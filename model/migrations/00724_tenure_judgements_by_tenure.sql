-- +goose Up
CREATE UNIQUE INDEX tenure_judgements_by_tenure ON tenure_judgements (tenure_id, seq);

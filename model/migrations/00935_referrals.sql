-- +goose Up
CREATE TABLE referrals (
    id BINARY(16) NOT NULL PRIMARY KEY,
    request_id BINARY(16) NOT NULL,
    department_id BINARY(16) NOT NULL,
    status VARCHAR(16) NOT NULL,
    passes VARCHAR(64) NOT NULL,
    consent_how VARCHAR(16) NOT NULL,
    consent_at DATETIME/*!(3)*/,
    answer VARCHAR(2000) NOT NULL,
    answer_seq INT NOT NULL,
    asked_by BINARY(16) NOT NULL,
    officer_id BINARY(16),
    live BOOLEAN,
    seq INT NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL,
    updated_at DATETIME/*!(3)*/ NOT NULL,
    version INT NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;

-- +goose Up
CREATE TABLE tenure_judgements (
    id BINARY(16) NOT NULL PRIMARY KEY,
    tenure_id BINARY(16) NOT NULL,
    seq INT NOT NULL,
    standard VARCHAR(24) NOT NULL,
    met BOOLEAN NOT NULL,
    note VARCHAR(500) NOT NULL,
    judged_by BINARY(16) NOT NULL,
    at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;

// Package model states the facts of a county's neighbourhood service: who there
// is, what they ask for, what they sign up for, earn and receive, and which moves
// each of those things can make. It decides nothing about permissions or time
// limits (package service does) and knows no database and no wire.
//
// Struct tags: gorm names columns where the default does not fit; data classifies
// a column as none, personal or sensitive, and a test fails on a column without it.
package model

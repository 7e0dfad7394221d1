-- What is summed up is in `traits` now, as what filters ask for. All of it is made anew with the counts.
DELETE FROM party;
ALTER TABLE party DROP COLUMN company;
ALTER TABLE party DROP COLUMN company_name;
ALTER TABLE party DROP COLUMN customer;

-- A customer's conversations are found as everyone's are.
DROP INDEX conversation_customer;
ALTER TABLE conversation DROP COLUMN customer;

DROP INDEX "fact_subject";--> statement-breakpoint
CREATE INDEX "fact_of_sku" ON "fact" USING btree ("region","subject","time");--> statement-breakpoint
CREATE INDEX "transfer_leg_at" ON "transfer_leg" USING btree ("at");--> statement-breakpoint
CREATE INDEX "variance_difference" ON "variance" USING btree ("region","node","difference");
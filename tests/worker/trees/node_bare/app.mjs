import cors from 'cors';
import express from 'express';

const app = express();
app.use(cors());
app.get('/', (request, response) => response.send('bare'));
app.listen(process.env.PORT ?? 4000);
